using System.Reflection;
using NetArchTest.Rules;
using OpsConsole.Access;

namespace OpsConsole.Tests;

/// <summary>
/// Who may know whom (docs/architecture.md): a loop room may use the rooms before it and the service rooms, never one after it; service rooms
/// know no loop room; what is heavy or outward stays where it belongs.
/// </summary>
public sealed class ArchitectureTests
{
    /// <summary>The stages of the loop, in its order.</summary>
    private static readonly string[] Loop = ["Intake", "Prediction", "Triage", "Notifications", "Labels", "Measurement", "Learning"];

    private static readonly string[] Services = ["Live", "Access", "Operations", "Store", "Ui"];

    private static readonly Assembly Product = typeof(Scopes).Assembly;

    public static TheoryData<string> LoopRooms => [.. Loop];

    public static TheoryData<string> ServiceRooms => [.. Services];

    [Theory]
    [MemberData(nameof(LoopRooms))]
    public void LoopRoom_Always_KnowsNoLaterOne(string room) =>
        AssertNone(In(room), [.. Loop.SkipWhile(r => r != room).Skip(1).Select(Namespace)]);

    [Theory]
    [MemberData(nameof(ServiceRooms))]
    public void ServiceRoom_Always_KnowsNoLoopRoom(string room) => AssertNone(In(room), [.. Loop.Select(Namespace)]);

    [Fact]
    public void Rooms_All_AreInThePlan()
    {
        var rooms = Product.GetTypes().Select(t => t.Namespace ?? "").Where(n => n.StartsWith("OpsConsole.", StringComparison.Ordinal)).Select(n => n.Split('.')[1]);
        Assert.Empty(rooms.Distinct().Except([.. Loop, .. Services]));
    }

    [Fact]
    public void MachineLearningLibrary_Outside_Learning_IsUnknown() =>
        AssertNone(Types.InAssembly(Product).That().DoNotResideInNamespace(Namespace("Learning")), "Microsoft.ML");

    [Fact]
    public void ComponentLibraries_OutsidePagesAndUi_AreUnknown()
    {
        var types = Types.InAssembly(Product).That().DoNotResideInNamespaceMatching(@"^OpsConsole\.Ui|^OpsConsole\.\w+\.Pages");
        AssertNone(types, "MudBlazor", "Plotly");
    }

    [Fact]
    public void HttpContext_OutsideApisAndAccess_IsUnknown()
    {
        var types = Types.InAssembly(Product).That().DoNotResideInNamespace(Namespace("Access"))
            .And().DoNotHaveNameMatching("Api($|[A-Z])|^Reference$|^Description$");
        AssertNone(types, "Microsoft.AspNetCore.Http.HttpContext");
    }

    [Fact]
    public void Store_Always_KnowsNoTable() =>
        AssertNone(In("Store"), [.. Loop.Concat(["Live", "Access", "Ui"]).Select(Namespace)]);

    [Fact]
    public void NumericsAndClient_Always_StandAlone()
    {
        foreach (var assembly in new[] { Assembly.Load("OpsConsole.Numerics"), typeof(global::OpsConsole.Client.OpsConsoleClient).Assembly })
            Assert.DoesNotContain(assembly.GetReferencedAssemblies(), a => a.Name!.StartsWith("OpsConsole", StringComparison.Ordinal) || a.Name.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal));
    }

    [Fact]
    public void Simulator_Always_KnowsTheProductOnlyAsAClient() =>
        Assert.DoesNotContain(Assembly.Load("OpsConsole.Simulator").GetReferencedAssemblies(), a => a.Name is "OpsConsole" or "OpsConsole.Web" or "OpsConsole.Numerics");

    private static string Namespace(string room) => $"OpsConsole.{room}";

    private static PredicateList In(string room) => Types.InAssembly(Product).That().ResideInNamespace(Namespace(room));

    private static void AssertNone(PredicateList types, params string[] unwanted)
    {
        if (unwanted.Length == 0)
            return;
        var result = types.ShouldNot().HaveDependencyOnAny(unwanted).GetResult();
        var names = string.Join('\n', (result.FailingTypes ?? []).Select(t => t.FullName));
        Assert.True(result.IsSuccessful, $"these know one of {string.Join(", ", unwanted)}:\n{names}");
    }
}
