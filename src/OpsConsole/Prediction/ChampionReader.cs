using System.Data.Common;
using System.Globalization;
using OpsConsole.Store;

namespace OpsConsole.Prediction;

/// <summary>Reads versions and terms of champions.</summary>
internal static class ChampionReader
{
    private const string Columns = "SELECT id, version, trainer, threshold, file_name, file_hash FROM model_versions WHERE ";
    private static readonly Statement NewestTerm = new("SELECT MAX(id) FROM champion_terms WHERE loop = @p0");
    private static readonly Statement Terms = new(
        """SELECT id, "from", model_version_id, threshold, customer_threshold FROM champion_terms WHERE loop = @p0 ORDER BY id""");
    private static readonly Statement VersionOfId = new(Columns + "id = @p0");
    private static readonly Statement VersionOfName = new(Columns + "version = @p0");

    /// <summary>A version, as far as serving needs it.</summary>
    internal sealed record Version(int Id, string Name, string Trainer, double Threshold, string? FileName, string? FileHash);

    /// <summary>A term, as it is stored.</summary>
    internal sealed record Term(long Id, DateTimeOffset From, int ModelVersionId, double Threshold, double? CustomerThreshold);

    internal static long ReadNewestTerm(DbConnection connection, int loop)
    {
        using var command = Bind(connection, NewestTerm, loop);
        return command.ExecuteScalar() is { } id and not DBNull ? Convert.ToInt64(id, CultureInfo.InvariantCulture) : 0;
    }

    internal static List<Term> ReadTerms(DbConnection connection, int loop)
    {
        using var command = Bind(connection, Terms, loop);
        using var row = command.ExecuteReader();
        List<Term> terms = [];
        while (row.Read())
            terms.Add(new(row.GetInt64(0), new DateTimeOffset(row.GetInt64(1), TimeSpan.Zero), row.GetInt32(2), row.GetDouble(3), row.IsDBNull(4) ? null : row.GetDouble(4)));
        return terms;
    }

    internal static Version? ReadVersion(DbConnection connection, int id) => ReadVersion(Bind(connection, VersionOfId, id));

    internal static Version? ReadVersion(DbConnection connection, string name) => ReadVersion(Bind(connection, VersionOfName, name));

    private static Version? ReadVersion(DbCommand command)
    {
        using (command)
        {
            using var row = command.ExecuteReader();
            return row.Read()
                ? new(row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetDouble(3), row.IsDBNull(4) ? null : row.GetString(4), row.IsDBNull(5) ? null : row.GetString(5))
                : null;
        }
    }

    private static DbCommand Bind(DbConnection connection, Statement statement, object value)
    {
        var command = statement.Prepare(connection);
        command.Parameters[0].Value = value;
        return command;
    }
}
