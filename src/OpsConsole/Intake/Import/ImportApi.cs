using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using OpsConsole.Access;

namespace OpsConsole.Intake.Import;

/// <summary>What the pages of imports send and fetch by HTTP, as a circuit is no way for large files. Not for programs: those have the API.</summary>
internal static class ImportApi
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var options = (ImportOptions)routes.ServiceProvider.GetService(typeof(ImportOptions))!;
        routes.MapPost("/imports/upload", UploadAsync).RequireAuthorization(Scopes.Learn).ExcludeFromDescription()
            .WithMetadata(new GuardedUpload(options.LargestFile));
        routes.MapGet("/imports/{key:long}/rejected", RejectedAsync).RequireAuthorization(Scopes.Learn).ExcludeFromDescription();
    }

    private static async Task<IResult> UploadAsync(HttpContext http, UploadImport upload, string name, ImportKind kind, int source, CancellationToken cancellation)
    {
        try
        {
            var key = await upload.HandleAsync(http.Request.Body, name, kind, source, Caller.From(http.User), cancellation);
            return TypedResults.Text(string.Create(CultureInfo.InvariantCulture, $"/imports/{key}"));
        }
        catch (RefusedFileException refused)
        {
            return TypedResults.Text(refused.Message, statusCode: StatusCodes.Status422UnprocessableEntity);
        }
        catch (BadHttpRequestException broken) when (broken.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return TypedResults.Text("The file is larger than what is allowed (Imports:MaxFileMegabytes). Pack it with gzip, or send it in parts.", statusCode: StatusCodes.Status413PayloadTooLarge);
        }
        catch (IOException broken) when (broken is not BadHttpRequestException && !http.RequestAborted.IsCancellationRequested)
        {
            return TypedResults.Text("The file could not be kept here; perhaps the disk is full. Nothing of it was kept.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static Results<PhysicalFileHttpResult, NotFound> RejectedAsync(long key, ImportFolder folder) =>
        File.Exists(folder.RejectedOf(key))
            ? TypedResults.PhysicalFile(folder.RejectedOf(key), "text/csv; charset=utf-8", string.Create(CultureInfo.InvariantCulture, $"opsconsole_rejected_{key}.csv"))
            : TypedResults.NotFound();

    /// <summary>A longer body than the host's others, and never without the page's own token.</summary>
    private sealed class GuardedUpload(long largest) : IRequestSizeLimitMetadata, IAntiforgeryMetadata
    {
        // A little more, so that what is too large is told so in words.
        public long? MaxRequestBodySize => largest + (1 << 20);

        public bool RequiresValidation => true;
    }
}
