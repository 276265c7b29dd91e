namespace OpsConsole.Client;

/// <summary>An export of labels while it is read. Dispose of it.</summary>
public sealed class LabelsFile : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;

    private LabelsFile(HttpResponseMessage response, Stream content) => (_response, Content) = (response, content);

    /// <summary>The file's bytes.</summary>
    public Stream Content { get; }

    /// <summary>Name the product gives the file.</summary>
    public string? FileName => _response.Content.Headers.ContentDisposition?.FileNameStar ?? _response.Content.Headers.ContentDisposition?.FileName?.Trim('"');

    /// <summary>Media type of the format.</summary>
    public string? MediaType => _response.Content.Headers.ContentType?.MediaType;

    /// <summary>Bytes.</summary>
    public long? Length => _response.Content.Headers.ContentLength;

    /// <summary>Rows (<c>X-Rows</c>).</summary>
    public long? Rows => long.TryParse(Header("X-Rows"), out var rows) ? rows : null;

    /// <summary>SHA-256 of the bytes (<c>X-Content-SHA256</c>).</summary>
    public string? Sha256 => Header("X-Content-SHA256");

    /// <summary>The moment as of which the file was made (<c>X-As-Of</c>).</summary>
    public string? AsOf => Header("X-As-Of");

    internal static async Task<LabelsFile> OpenAsync(HttpResponseMessage response, CancellationToken cancellation) =>
        new(response, await response.Content.ReadAsStreamAsync(cancellation));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync();
        _response.Dispose();
    }

    private string? Header(string name) => _response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
