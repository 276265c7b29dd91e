using OpsConsole.Access;

namespace OpsConsole.Tests.Access;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("short-one")]
    [InlineData("password1234")]
    [InlineData("P@ssw0rd!2345")]
    [InlineData("qwertyuiop12")]
    [InlineData("123456789012")]
    [InlineData("aaaaaaaaaaaabb")]
    [InlineData("letmein123456")]
    [InlineData("jane.doe.2026!")]
    [InlineData("Welcome2026!!")]
    [InlineData("Liverpool!1892")]
    [InlineData("chelsea-12345")]
    [InlineData("trustno1trustno1")]
    [InlineData("snoopysnoopysnoopy")]
    [InlineData("passwordpassword")]
    public void Problem_WeakPassword_IsTold(string password) => Assert.NotNull(PasswordRules.Problem(password, "jane.doe@example.org"));

    [Theory]
    [InlineData("lantern clover tide six")]
    [InlineData("zxkw pqlm vbnd")]
    [InlineData("Tr0ub4dor&3-horse")]
    [InlineData("liverpool lantern drum")]
    [InlineData("das pferd isst keinen gurkensalat, sagt man; aber wer fragt das pferd, und wer den gurkensalat, wenn beide schweigen")]
    [InlineData("これは長い合言葉です、忘れない")]
    public void Problem_LongUncommonPassword_None(string password) => Assert.Null(PasswordRules.Problem(password, "jane.doe@example.org"));

    [Fact]
    public void Common_Passwords_AreAtLeastTheThreeThousandThatAreAskedFor() => Assert.InRange(PasswordRules.CommonCount, 3_000, 100_000);
}
