using OpsConsole.Numerics.Trees;

namespace OpsConsole.Numerics.Tests.Trees;

public sealed class TreeEnsembleFormatTests
{
    [Fact]
    public void Read_WhatWasWritten_IsTheSameEnsemble()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var ensemble = seed % 2 == 0 ? Ensembles.Random(seed) : Ensembles.Covered(seed);
            using var stream = new MemoryStream(Bytes(ensemble));
            var read = TreeEnsemble.Read(stream);

            Assert.Equal(stream.Length, stream.Position);
            Assert.Equal(ensemble.HasCovers, read.HasCovers);
            Assert.Equal(Bytes(ensemble), Bytes(read));
            foreach (var row in Ensembles.Rows(seed, 20, ensemble.FeatureCount).Chunk(ensemble.FeatureCount))
            {
                Assert.Equal(ensemble.Raw(row), read.Raw(row));
            }
        }
    }

    [Fact]
    public void Read_CutOffAnywhere_IsInvalidData()
    {
        var bytes = Bytes(Ensembles.Covered(3, trees: 3));
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => TreeEnsemble.Read(new MemoryStream(bytes, 0, length)));
        }
    }

    [Fact]
    public void Read_AnyByteChanged_IsRefusedOrStillAnEnsemble()
    {
        var bytes = Bytes(Ensembles.Covered(4, trees: 3));
        var row = new float[6];
        var refused = 0;
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var flip in (byte[])[0x01, 0x80, 0xFF])
            {
                var corrupt = bytes.ToArray();
                corrupt[at] ^= flip;
                try
                {
                    // What is read must be usable: it ends, and gives a number.
                    var ensemble = TreeEnsemble.Read(new MemoryStream(corrupt));
                    Assert.False(double.IsNaN(ensemble.Raw(ensemble.FeatureCount <= 6 ? row : new float[ensemble.FeatureCount])));
                }
                catch (InvalidDataException)
                {
                    refused++;
                }
            }
        }

        Assert.True(refused > bytes.Length / 4);
    }

    [Fact]
    public void Read_LaterVersion_SaysSo()
    {
        var bytes = Bytes(Ensembles.Random(5));
        bytes[4] = 99;

        Assert.Contains("version is 99", Assert.Throws<InvalidDataException>(() => TreeEnsemble.Read(new MemoryStream(bytes))).Message, StringComparison.Ordinal);
    }

    private static byte[] Bytes(TreeEnsemble ensemble)
    {
        using var stream = new MemoryStream();
        ensemble.Write(stream);
        return stream.ToArray();
    }
}
