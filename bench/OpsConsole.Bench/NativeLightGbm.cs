using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using OpsConsole.Numerics.Trees;

namespace OpsConsole.Bench;

/// <summary>LightGBM's own library, which ML.NET brings along: trained and asked without ML.NET, since only it explains exactly (predict_contrib).</summary>
internal sealed partial class NativeLightGbm : IDisposable
{
    private const string Library = "lib_lightgbm";
    private const int Float32 = 0;
    private const int Contributions = 3;
    private const string Settings =
        "objective=binary num_leaves=31 min_data_in_leaf=20 num_threads=1 deterministic=true seed=1 use_missing=false verbose=-1 device_type=cpu";

    private readonly int _columns;
    private nint _dataset;
    private nint _booster;
    private nint _oneRow;

    public NativeLightGbm(float[] rows, int columns, float[] labels, int trees)
    {
        _columns = columns;
        Ask(DatasetCreateFromMat(rows, Float32, labels.Length, columns, 1, Settings, 0, out _dataset));
        Ask(DatasetSetField(_dataset, "label", labels, labels.Length, Float32));
        Ask(BoosterCreate(_dataset, Settings, out _booster));
        for (var i = 0; i < trees; i++)
        {
            Ask(BoosterUpdateOneIter(_booster, out _));
        }

        Ask(SingleRowFastInit(_booster, Contributions, 0, -1, Float32, columns, "num_threads=1", out _oneRow));
    }

    /// <summary>The contributions of one row's features, and the expected value last.</summary>
    public void Explain(ReadOnlySpan<float> row, Span<double> contributions)
    {
        Ask(SingleRowFast(_oneRow, ref MemoryMarshal.GetReference(row), out var count, ref MemoryMarshal.GetReference(contributions)));
        if (count != _columns + 1)
        {
            throw new InvalidOperationException($"LightGBM gave {count} values.");
        }
    }

    /// <summary>The trees as the product holds them, read from LightGBM's text.</summary>
    public TreeEnsemble ToEnsemble()
    {
        Ask(SaveModelToString(_booster, 0, -1, 0, 0, out var length, null));
        var buffer = new byte[length];
        Ask(SaveModelToString(_booster, 0, -1, 0, length, out _, buffer));
        var trees = Encoding.UTF8.GetString(buffer).Split("\nTree=")[1..];
        return new TreeEnsemble(_columns, [.. trees.Select(Parse)]);
    }

    public void Dispose()
    {
        _ = FastConfigFree(_oneRow);
        _ = BoosterFree(_booster);
        _ = DatasetFree(_dataset);
        (_oneRow, _booster, _dataset) = (0, 0, 0);
    }

    private static RegressionTree Parse(string text)
    {
        var lines = text.Split('\n').Where(line => line.Contains('=', StringComparison.Ordinal)).Select(line => line.Split('=', 2)).ToLookup(line => line[0], line => line[1]);
        return Numbers("num_leaves")[0] == 1
            ? RegressionTree.Constant(Numbers("leaf_value")[0]).WithCovers([1])
            : new RegressionTree(
                Whole("split_feature"), [.. Numbers("threshold").Select(FloatAtMost)], Whole("left_child"), Whole("right_child"), Numbers("leaf_value"), Numbers("leaf_count"));

        double[] Numbers(string name) => [.. lines[name].First().Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];

        int[] Whole(string name) => [.. Numbers(name).Select(number => (int)number)];
    }

    /// <summary>The greatest float that is not above a threshold: floats compare with it as they do with the threshold.</summary>
    private static float FloatAtMost(double threshold) => (float)threshold > threshold ? float.BitDecrement((float)threshold) : (float)threshold;

    private static void Ask(int answer)
    {
        if (answer != 0)
        {
            throw new InvalidOperationException("LightGBM: " + Marshal.PtrToStringUTF8(GetLastError()));
        }
    }

    [LibraryImport(Library, EntryPoint = "LGBM_GetLastError")]
    private static partial nint GetLastError();

    [LibraryImport(Library, EntryPoint = "LGBM_DatasetCreateFromMat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int DatasetCreateFromMat(float[] data, int type, int rows, int columns, int rowMajor, string settings, nint reference, out nint dataset);

    [LibraryImport(Library, EntryPoint = "LGBM_DatasetSetField", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int DatasetSetField(nint dataset, string field, float[] data, int count, int type);

    [LibraryImport(Library, EntryPoint = "LGBM_DatasetFree")]
    private static partial int DatasetFree(nint dataset);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterCreate", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int BoosterCreate(nint dataset, string settings, out nint booster);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterUpdateOneIter")]
    private static partial int BoosterUpdateOneIter(nint booster, out int finished);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterFree")]
    private static partial int BoosterFree(nint booster);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterSaveModelToString")]
    private static partial int SaveModelToString(nint booster, int start, int count, int importance, long bufferLength, out long length, byte[]? text);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterPredictForMatSingleRowFastInit", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SingleRowFastInit(nint booster, int kind, int start, int count, int type, int columns, string settings, out nint fast);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterPredictForMatSingleRowFast")]
    private static partial int SingleRowFast(nint fast, ref float row, out long length, ref double result);

    [LibraryImport(Library, EntryPoint = "LGBM_FastConfigFree")]
    private static partial int FastConfigFree(nint fast);
}
