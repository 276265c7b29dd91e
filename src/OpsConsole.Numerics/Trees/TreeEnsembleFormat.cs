using System.Text;

namespace OpsConsole.Numerics.Trees;

/// <summary>
/// The bytes of an ensemble, little-endian: mark, version, features, trees, bias; a tree: weight, leaves, whether covered, then its arrays.
/// Everything read is checked before it is believed.
/// </summary>
internal static class TreeEnsembleFormat
{
    private const uint Mark = 0x454E5254; // "TREN"
    private const int Version = 1;
    private const int MaxTrees = 1 << 16;
    private const int MaxFeatures = 1 << 20;

    public static void Write(TreeEnsemble ensemble, Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Mark);
        writer.Write(Version);
        writer.Write(ensemble.FeatureCount);
        writer.Write(ensemble.Trees.Count);
        writer.Write(ensemble.Bias);
        for (var t = 0; t < ensemble.Trees.Count; t++)
        {
            writer.Write(ensemble.Weights[t]);
            Write(writer, ensemble.Trees[t]);
        }
    }

    public static TreeEnsemble Read(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            Require(reader.ReadUInt32() == Mark, "it is not a tree ensemble");
            var version = reader.ReadInt32();
            Require(version == Version, $"its version is {version}, known is {Version}");
            var features = reader.ReadInt32();
            Require(features is >= 0 and <= MaxFeatures, "its number of features is out of range");
            var count = reader.ReadInt32();
            Require(count is >= 0 and <= MaxTrees, "its number of trees is out of range");
            var bias = reader.ReadDouble();

            // Lists grow with what is really there: a count alone takes no memory.
            var trees = new List<RegressionTree>();
            var weights = new List<double>();
            for (var t = 0; t < count; t++)
            {
                weights.Add(reader.ReadDouble());
                trees.Add(ReadTree(reader));
            }

            return new TreeEnsemble(features, trees, weights, bias);
        }
        catch (Exception exception) when (exception is EndOfStreamException or ArgumentException)
        {
            throw new InvalidDataException($"The tree ensemble can't be read: {exception.Message}", exception);
        }
    }

    private static void Write(BinaryWriter writer, RegressionTree tree)
    {
        writer.Write(tree.LeafValues.Length);
        writer.Write(tree.LeafCovers.Length > 0);
        foreach (var feature in tree.Features)
        {
            writer.Write(feature);
        }

        foreach (var threshold in tree.Thresholds)
        {
            writer.Write(threshold);
        }

        foreach (var child in tree.Left)
        {
            writer.Write(child);
        }

        foreach (var child in tree.Right)
        {
            writer.Write(child);
        }

        foreach (var value in tree.LeafValues)
        {
            writer.Write(value);
        }

        foreach (var cover in tree.LeafCovers)
        {
            writer.Write(cover);
        }
    }

    private static RegressionTree ReadTree(BinaryReader reader)
    {
        var leaves = reader.ReadInt32();
        Require(leaves is > 0 and <= RegressionTree.MaxLeaves, "a tree's number of leaves is out of range");
        var covered = reader.ReadByte();
        Require(covered <= 1, "a tree is neither covered nor not");
        var features = Many(leaves - 1, reader.ReadInt32);
        var thresholds = Many(leaves - 1, reader.ReadSingle);
        var left = Many(leaves - 1, reader.ReadInt32);
        var right = Many(leaves - 1, reader.ReadInt32);
        var values = Many(leaves, reader.ReadDouble);
        var covers = covered == 1 ? Many(leaves, reader.ReadDouble) : [];
        return new RegressionTree(features, thresholds, left, right, values, covers);
    }

    private static T[] Many<T>(int count, Func<T> read)
    {
        var items = new T[count];
        for (var i = 0; i < count; i++)
        {
            items[i] = read();
        }

        return items;
    }

    private static void Require(bool fulfilled, string otherwise)
    {
        if (!fulfilled)
        {
            throw new InvalidDataException($"The tree ensemble can't be read: {otherwise}.");
        }
    }
}
