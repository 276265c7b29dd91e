using System.Globalization;
using System.Text.Json;
using OpsConsole.Access;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Intake.Import;

/// <summary>What people do with a file: say what its columns mean, have it checked, bring it in, stop it, delete it. Each act is audited.</summary>
internal sealed class ChangeImport(GroupedWriter writer, Audit audit, Ids ids, ImportQueue queue, ImportFolder folder, UploadImport upload, ImportsChanged changed)
{
    private static readonly Statement SetShape = new("""UPDATE imports SET shape = @p1, mapping = NULL, report = NULL, state = @p2 WHERE "key" = @p0 AND state IN (0, 3, 7, 8)""");
    private static readonly Statement StartCheck = new(
        """UPDATE imports SET state = @p1, mapping = @p2, report = NULL, progress = NULL, note = NULL, finished_at = NULL, heard_at = NULL WHERE "key" = @p0 AND state IN (0, 3, 7, 8)""");
    private static readonly Statement StartImport = new(
        """UPDATE imports SET state = @p1, progress = NULL, note = NULL, finished_at = NULL, heard_at = NULL WHERE "key" = @p0 AND state IN (3, 7, 8) AND report IS NOT NULL""");
    private static readonly Statement BackToMapping = new("""UPDATE imports SET state = @p1, report = NULL, progress = NULL, note = NULL WHERE "key" = @p0 AND state IN (3, 7, 8)""");
    private static readonly Statement CancelCheck = new("""UPDATE imports SET state = @p1, progress = NULL, note = @p2 WHERE "key" = @p0 AND state IN (1, 2)""");
    private static readonly Statement CancelImport = new("""UPDATE imports SET state = @p1, note = @p2, finished_at = @p3 WHERE "key" = @p0 AND state IN (4, 5)""");
    private static readonly Statement Delete = new("""DELETE FROM imports WHERE "key" = @p0 AND state NOT IN (1, 2, 4, 5)""");
    private static readonly Statement Save = new("UPDATE import_mappings SET mapping = @p3, saved_at = @p4 WHERE source_id = @p0 AND kind = @p1 AND name = @p2");
    private static readonly Statement SaveNew = new("""INSERT INTO import_mappings ("key", source_id, kind, name, mapping, saved_at) VALUES (@p0, @p1, @p2, @p3, @p4, @p5)""");

    /// <summary>Reads the file in another encoding, or with another separator; what was said of its columns is forgotten.</summary>
    /// <exception cref="RefusedFileException">It can't be read so.</exception>
    internal async Task ReadAsAsync(DeliveryImport import, string encoding, char? separator)
    {
        var shape = await Task.Run(() => upload.Look(folder.FileOf(import.Key), encoding, separator));
        await WriteAsync(session => session.Execute(SetShape, import.Key, JsonSerializer.Serialize(shape), ImportState.Mapping) > 0);
    }

    /// <summary>Keeps what the columns mean, and has the whole file checked.</summary>
    internal Task<bool> CheckAsync(DeliveryImport import, ImportMapping mapping, Caller caller) => WriteAsync(session =>
        session.Execute(StartCheck, import.Key, ImportState.CheckWaiting, mapping.Write()) > 0 && Noted(session, caller, "import.checkStarted", import));

    /// <summary>Brings the file in, as it was checked.</summary>
    internal Task<bool> ImportAsync(DeliveryImport import, Caller caller) => WriteAsync(session =>
        session.Execute(StartImport, import.Key, ImportState.Waiting) > 0 && Noted(session, caller, "import.started", import));

    /// <summary>Goes back to what the columns mean.</summary>
    internal Task<bool> MapAgainAsync(DeliveryImport import) => WriteAsync(session => session.Execute(BackToMapping, import.Key, ImportState.Mapping) > 0);

    /// <summary>Stops what is under way. Of a check nothing was stored; of an import what was stored stays.</summary>
    internal async Task<bool> CancelAsync(DeliveryImport import, Caller caller)
    {
        var done = await WriteAsync(session =>
            (session.Execute(CancelCheck, import.Key, ImportState.Mapping, "The check was stopped.") > 0
                || session.Execute(CancelImport, import.Key, ImportState.Cancelled, "Stopped. What was stored until then stays; bringing the file in again is harmless.", session.Received) > 0)
            && Noted(session, caller, "import.cancelled", import));
        queue.Stop(import.Key);
        return done;
    }

    /// <summary>Deletes the file, its refused rows, and that it was here. What was brought in stays.</summary>
    internal async Task<bool> DeleteAsync(DeliveryImport import, Caller caller)
    {
        var done = await WriteAsync(session => session.Execute(Delete, import.Key) > 0 && Noted(session, caller, "import.deleted", import));
        if (done)
            folder.Drop(import.Key);
        return done;
    }

    /// <summary>Keeps what the columns mean under a name, for the source's next file.</summary>
    internal Task<bool> SaveMappingAsync(DeliveryImport import, string name, ImportMapping mapping, Caller caller) => WriteAsync(session =>
    {
        if (session.Execute(Save, import.SourceId, import.Kind, name, mapping.Write(), session.Received) == 0)
            session.Execute(SaveNew, ids.Next(), import.SourceId, import.Kind, name, mapping.Write(), session.Received);
        audit.Write(session, caller, "importMapping.saved", name);
        return true;
    });

    private bool Noted(WriteSession session, Caller caller, string what, DeliveryImport import)
    {
        audit.Write(session, caller, what, import.Key.ToString(CultureInfo.InvariantCulture));
        return true;
    }

    private async Task<bool> WriteAsync(Func<WriteSession, bool> act)
    {
        var done = false;
        await writer.WriteAsync(
            session =>
            {
                done = act(session);
                session.OnCommitted(changed.Raise);
            },
            WritePriority.People);
        return done;
    }
}
