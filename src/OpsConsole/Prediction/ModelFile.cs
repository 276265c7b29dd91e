using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using OpsConsole.Numerics.Calibration;
using OpsConsole.Numerics.Intervals;

namespace OpsConsole.Prediction;

/// <summary>
/// A trained model as it is kept: our own format, versioned, known by the hash of its bytes. Nothing of the library that trained it is needed to
/// read it.
/// <para>
/// How it scores: <see cref="Need"/> says how much time a parcel of this kind still needs, as ln(hours + <see cref="Offset"/>). The raw log-odds
/// are <see cref="Bias"/> + <see cref="NeedWeight"/> · need + <see cref="ClassifierWeight"/> · classifier + <see cref="TimeWeight"/> · ln(hours
/// left + <see cref="Offset"/>): every term is a sum over features, so the whole can be explained exactly. The minutes are the time needed less
/// the time left.
/// </para>
/// </summary>
public sealed class ModelFile
{
    /// <summary>The feature that says how much time is left.</summary>
    public const string TimeLeft = "hoursLeftCounted";

    /// <summary>The feature by which intervals are told apart.</summary>
    internal const string Service = "service";

    private const uint Mark = 0x444D434F; // "OCMD"
    private const int Format = 1;
    private const int MostHeader = 16 << 20;
    private const long MostBytes = 256 << 20;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>What made it: <c>lightgbm</c> or <c>logistic</c>.</summary>
    public required string Trainer { get; init; }

    /// <summary>Its features and how they become slots; <see cref="TimeLeft"/> is one of them.</summary>
    public required ModelSchema Schema { get; init; }

    /// <summary>ln(hours needed + <see cref="Offset"/>) of a row.</summary>
    public required AdditivePart Need { get; init; }

    /// <summary>Lateness learnt directly; null where it adds nothing to the time needed.</summary>
    public AdditivePart? Classifier { get; init; }

    /// <summary>Constant of the raw log-odds.</summary>
    public double Bias { get; init; }

    /// <summary>Weight of the time needed, not negative.</summary>
    public required double NeedWeight { get; init; }

    /// <summary>Weight of the classifier, not negative.</summary>
    public double ClassifierWeight { get; init; }

    /// <summary>Weight of the time left, not positive.</summary>
    public required double TimeWeight { get; init; }

    /// <summary>Mean of ln(hours left + <see cref="Offset"/>) over the training rows: where its contribution is nil.</summary>
    public double TimeMean { get; init; }

    /// <summary>Hours that soften the logarithm where little time is left; positive.</summary>
    public required double Offset { get; init; }

    /// <summary>From raw log-odds to a probability.</summary>
    public required CalibrationTable Calibration { get; init; }

    /// <summary>What makes the need a median: added to it, as ln.</summary>
    public double NeedShift { get; init; }

    /// <summary>The 80 % interval around the need, as ln; by flagged or not and service.</summary>
    public required SplitConformal Interval { get; init; }

    /// <summary>The services the interval tells apart, in ordinal order.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>The threshold it flags at unless told otherwise, a multiple of 0.001.</summary>
    public required double Threshold { get; init; }

    /// <summary>The group of the interval that a row is in.</summary>
    /// <param name="services">The services that are told apart, in ordinal order.</param>
    /// <param name="service">The row's service, if it has one.</param>
    /// <param name="flagged">Its score reached the threshold.</param>
    public static int GroupOf(IReadOnlyList<string> services, string? service, bool flagged)
    {
        var place = -1;
        for (var i = 0; i < services.Count && place < 0; i++)
            place = services[i] == service ? i : -1;
        return ((place + 1) * 2) + (flagged ? 1 : 0);
    }

    /// <summary>The model of this file.</summary>
    /// <param name="version">The name of its version.</param>
    public IModel ToModel(string version) => new TrainedModel(version, this);

    /// <summary>The bytes of the file. The same model has the same bytes.</summary>
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        var header = JsonSerializer.SerializeToUtf8Bytes(HeaderOf(this), Json);
        Span<byte> start = stackalloc byte[12];
        BinaryPrimitives.WriteUInt32LittleEndian(start, Mark);
        BinaryPrimitives.WriteInt32LittleEndian(start[4..], Format);
        BinaryPrimitives.WriteInt32LittleEndian(start[8..], header.Length);
        bytes.Write(start);
        bytes.Write(header);
        Need.Write(bytes);
        Classifier?.Write(bytes);
        Calibration.Write(bytes);
        Interval.Write(bytes);
        return bytes.ToArray();
    }

    /// <summary>SHA-256 of a file's bytes, as lower-case hex.</summary>
    public static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Reads a file and checks that it is the one that was recorded.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="hash">The hash that was recorded.</param>
    /// <exception cref="InvalidDataException">It is another file, damaged, or of a format that this program doesn't know.</exception>
    public static ModelFile Load(string path, string hash)
    {
        if (!File.Exists(path))
            throw new InvalidDataException($"The model's file {Path.GetFileName(path)} is missing.");
        if (new FileInfo(path).Length > MostBytes)
            throw new InvalidDataException($"The model's file {Path.GetFileName(path)} is larger than any that was written.");
        var bytes = File.ReadAllBytes(path);
        if (!HashOf(bytes).Equals(hash, StringComparison.OrdinalIgnoreCase))
            throw new InvalidDataException($"The model's file {Path.GetFileName(path)} is not the one that was recorded: its hash differs.");
        return Read(bytes);
    }

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="InvalidDataException">They are damaged, or of a format that this program doesn't know.</exception>
    public static ModelFile Read(byte[] bytes)
    {
        if (bytes.Length < 12 || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Mark)
            throw new InvalidDataException("It is not a model's file.");
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4)) != Format)
            throw new InvalidDataException("The model's file is of a format that this program doesn't know.");
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8));
        if (length is < 2 or > MostHeader || length > bytes.Length - 12)
            throw new InvalidDataException("The model's file is cut off.");
        try
        {
            var header = JsonSerializer.Deserialize<Header>(bytes.AsSpan(12, length), Json) ?? throw new InvalidDataException("A model's file without a header.");
            using var stream = new MemoryStream(bytes, 12 + length, bytes.Length - 12 - length, writable: false);
            var file = Read(header, stream);
            return stream.Position == stream.Length ? file : throw new InvalidDataException("The model's file has something after its end.");
        }
        catch (JsonException failure)
        {
            throw new InvalidDataException("The header of the model's file can't be read.", failure);
        }
    }

    private static ModelFile Read(Header header, Stream stream)
    {
        if (header.Features != Prediction.Features.Version)
            throw new InvalidDataException($"The model was trained on features of version {header.Features}; this program makes version {Prediction.Features.Version}.");
        var schema = new ModelSchema(header.Schema);
        double[] numbers = [header.Bias, header.NeedWeight, header.ClassifierWeight, header.TimeWeight, header.TimeMean, header.Offset, header.NeedShift, header.Threshold];
        if (!numbers.All(double.IsFinite) || header.Offset <= 0 || !schema.Features.Any(f => f.Name == TimeLeft))
            throw new InvalidDataException("The model's file has numbers that no training makes.");
        return new ModelFile
        {
            Trainer = header.Trainer,
            Schema = schema,
            Need = AdditivePart.Read(stream, schema.SlotCount),
            Classifier = header.HasClassifier ? AdditivePart.Read(stream, schema.SlotCount) : null,
            Bias = header.Bias,
            NeedWeight = header.NeedWeight,
            ClassifierWeight = header.ClassifierWeight,
            TimeWeight = header.TimeWeight,
            TimeMean = header.TimeMean,
            Offset = header.Offset,
            Calibration = CalibrationTable.Read(stream),
            NeedShift = header.NeedShift,
            Interval = SplitConformal.Read(stream),
            Services = header.Services,
            Threshold = header.Threshold,
        };
    }

    private static Header HeaderOf(ModelFile file) => new(
        Prediction.Features.Version, file.Trainer, [.. file.Schema.Learnt], file.Classifier is not null, file.Bias, file.NeedWeight, file.ClassifierWeight,
        file.TimeWeight, file.TimeMean, file.Offset, file.NeedShift, file.Services, file.Threshold);

    private sealed record Header(
        int Features, string Trainer, IReadOnlyList<SchemaFeature> Schema, bool HasClassifier, double Bias, double NeedWeight, double ClassifierWeight,
        double TimeWeight, double TimeMean, double Offset, double NeedShift, IReadOnlyList<string> Services, double Threshold);
}
