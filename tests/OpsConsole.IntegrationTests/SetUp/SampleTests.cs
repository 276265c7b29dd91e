using System.Net;
using System.Runtime.Loader;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using OpsConsole.Access;
using OpsConsole.Intake.Pages;
using OpsConsole.IntegrationTests.Intake;

namespace OpsConsole.IntegrationTests.SetUp;

/// <summary>What newcomers copy from the set-up does what it says, to the letter.</summary>
public sealed partial class SampleTests
{
    private const string ImplicitUsings = "global using System; global using System.Linq; global using System.Net.Http; global using System.Threading.Tasks; global using System.Collections.Generic;";

    [Fact]
    public async Task Curl_Sent_RegistersAShipmentAndItsEvent()
    {
        await using var console = new ConsoleFactory();
        var curl = Samples.Curl(new Uri("http://localhost:5080/"), "oc_live_key", TimeProvider.System.GetUtcNow());
        var calls = Call().Matches(curl);
        Assert.Equal(["shipments", "events"], calls.Select(c => c.Groups["path"].Value));
        foreach (Match call in calls)
        {
            using var answer = await console.Client.PostAsync(call.Groups["path"].Value, call.Groups["body"].Value);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(1, (int)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["accepted"]!);
        }
        Assert.Equal(1, console.Count("SELECT COUNT(*) FROM events e JOIN shipments s ON s.shipment_id = e.shipment_id"));
    }

    [Fact]
    public async Task CSharp_CompiledAndRun_RegistersAShipmentAndItsEvent()
    {
        await using var console = new ConsoleFactory();
        console.UseKestrel(0);
        console.StartServer();
        var key = await console.IssueKeyAsync("sample", simulated: false, Scopes.Intake);
        var text = Samples.CSharp(console.ClientOptions.BaseAddress, key);

        await RunAsync(text);

        Assert.Equal(1, console.Count("SELECT COUNT(*) FROM events e JOIN shipments s ON s.shipment_id = e.shipment_id"));
    }

    private static async Task RunAsync(string program)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "sample", [CSharpSyntaxTree.ParseText(ImplicitUsings), CSharpSyntaxTree.ParseText(program)], references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning)));
        assembly.Position = 0;
        var entry = new AssemblyLoadContext("sample").LoadFromStream(assembly).EntryPoint!;
        // The program's own entry waits for its end on this thread.
        await Task.Run(() => entry.Invoke(null, entry.GetParameters().Length == 0 ? null : [Array.Empty<string>()]));
    }

    [GeneratedRegex(@"curl -sS http://localhost:5080/api/v1/(?<path>\w+) -H ""X-Api-Key: \$KEY"" -H 'Content-Type: application/json' -d '(?<body>[^']+)'")]
    private static partial Regex Call();
}
