using System.Text;
using OpsConsole.Access;

namespace OpsConsole.Tests.Access;

public sealed class OneTimeCodesTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    // RFC 6238, appendix B: the last six of its eight digits.
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Code_OfTheStandardsSecret_IsTheStandards(long seconds, string code) =>
        Assert.Equal(code, OneTimeCodes.Code(Secret, OneTimeCodes.StepOf(DateTimeOffset.FromUnixTimeSeconds(seconds))));

    [Theory]
    [InlineData(-61, false)]
    [InlineData(-30, true)]
    [InlineData(0, true)]
    [InlineData(30, true)]
    [InlineData(61, false)]
    public void StepOf_CodeOfAnotherTime_CountsOneStepAround(int seconds, bool taken)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        var code = OneTimeCodes.Code(Secret, OneTimeCodes.StepOf(now.AddSeconds(seconds)));

        Assert.Equal(taken, OneTimeCodes.StepOf(Secret, code, now) is not null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12345")]
    [InlineData("1234567")]
    [InlineData("０８１８０４")]
    public void StepOf_SomethingElse_IsNone(string code) =>
        Assert.Null(OneTimeCodes.StepOf(Secret, code, DateTimeOffset.FromUnixTimeSeconds(1111111109)));

    // RFC 4648, section 10.
    [Theory]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Text_OfTheStandardsBytes_IsTheStandards(string bytes, string text) => Assert.Equal(text, OneTimeCodes.Text(Encoding.ASCII.GetBytes(bytes)));
}
