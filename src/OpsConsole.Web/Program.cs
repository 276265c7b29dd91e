using OpsConsole.Access;
using OpsConsole.Intake;
using OpsConsole.Labels;
using OpsConsole.Learning;
using OpsConsole.Live;
using OpsConsole.Measurement;
using OpsConsole.Operations;
using OpsConsole.Operations.Alerts;
using OpsConsole.Operations.Measuring;
using OpsConsole.Prediction;
using OpsConsole.Store;
using OpsConsole.Triage;
using OpsConsole.Ui;
using OpsConsole.Web;
using OpsConsole.Web.Demo;

var (builder, configuration) = ConsoleConfiguration.Read(args);
if (configuration.Problems.Count > 0)
{
    foreach (var problem in configuration.Problems)
        Console.Error.WriteLine(problem);
    return 2;
}
builder.ConfigureHost();

// The service rooms, then the rooms in the order of the loop.
builder.Services.AddStore(configuration.Store());
builder.Services.AddOperations(configuration.Settings(), configuration.Redis, configuration.Leases());
builder.Services.AddAlerts(configuration.Alerts());
builder.Services.AddTelemetry(configuration.Telemetry());
builder.Services.AddAccess(configuration.Access());
builder.Services.AddAccessWork();
builder.Services.AddLive();
builder.Services.AddIntake();
builder.Services.AddImports(configuration.Imports());
builder.Services.AddPrediction();
builder.Services.AddTriage();
builder.Services.AddLabels();
builder.Services.AddMeasurement();
builder.Services.AddLearning(new LearningOptions());
builder.Services.AddUi();
builder.Services.AddDemo(configuration.Demo);

var app = builder.Build();
app.UseNoConnectionsWhileStopping();
app.UseErrors();
app.UseAccess();
app.UseOperations();

app.MapOperations();
app.MapAccess();
app.MapLive();
app.MapIntake();
app.MapImports();
app.MapPrediction();
app.MapTriage();
app.MapLabels();
app.MapMeasurement();
app.MapLearning();
app.MapUi<App>();

return await app.RunConsoleAsync(args);

/// <summary>The program, for the tests' <c>WebApplicationFactory</c>.</summary>
public partial class Program;
