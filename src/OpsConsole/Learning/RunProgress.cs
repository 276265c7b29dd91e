using System.Text.Json;
using OpsConsole.Measurement;

namespace OpsConsole.Learning;

/// <summary>What a run tells whoever started it, one line of JSON each: how far it is, and at the end what came of it.</summary>
/// <param name="Progress">0 to 1.</param>
/// <param name="Line">What is being done, in words.</param>
/// <param name="Result">The trained model, once there is one.</param>
/// <param name="Error">Why there will be none.</param>
/// <param name="Evaluated">What a backtest found, once it has.</param>
public sealed record RunProgress(double Progress, string? Line = null, TrainedFile? Result = null, string? Error = null, EvaluatedFile? Evaluated = null)
{
    // A line of the log may be JSON too: what doesn't say how far it is, is none of ours.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true };

    /// <summary>As one line.</summary>
    public string Write() => JsonSerializer.Serialize(this, Json);

    /// <summary>From a line; null when it isn't one, such as a line of the log.</summary>
    public static RunProgress? Read(string line)
    {
        if (line.Length == 0 || line[0] != '{')
            return null;
        try
        {
            return JsonSerializer.Deserialize<RunProgress>(line, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The file that a run made, before it is recorded as a version.</summary>
/// <param name="FileName">Within <c>DataDirectory/models</c>.</param>
/// <param name="FileHash">SHA-256, hex.</param>
/// <param name="DataHash">SHA-256 of the training rows, hex.</param>
/// <param name="Threshold">The threshold it flags at.</param>
/// <param name="Metrics">Its figures.</param>
public sealed record TrainedFile(string FileName, string FileHash, string DataHash, double Threshold, JsonElement Metrics);

/// <summary>The run can't be carried out, for a reason that whoever asked for it can act on.</summary>
public sealed class TrainingException(string message, Exception? cause = null) : Exception(message, cause);
