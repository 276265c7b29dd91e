using OpsConsole.Client;
using OpsConsole.Measurement;
using OpsConsole.Ui;

namespace OpsConsole.Learning.Pages;

/// <summary>A run in words.</summary>
/// <param name="Name">What it makes or evaluates.</param>
/// <param name="What">How.</param>
/// <param name="State">Its state.</param>
/// <param name="Kind">How the state looks.</param>
internal sealed record RunWords(string Name, string What, string State, ChipKind Kind)
{
    internal static RunWords Of(Run run)
    {
        var (state, kind) = run.State switch
        {
            RunState.Queued => ("Waiting", ChipKind.Plain),
            RunState.Running => (run.Kind == RunKind.Backtest ? "Evaluating" : "Training", ChipKind.Busy),
            RunState.Succeeded => ("Done", ChipKind.Good),
            RunState.Failed => ("Failed", ChipKind.Bad),
            _ => ("Cancelled", ChipKind.Plain),
        };
        if (run.Kind == RunKind.Training)
        {
            var plan = TrainingPlan.Read(run.Plan);
            return new(plan.Name, plan.Decision, state, kind);
        }
        var backtest = BacktestPlan.Read(run.Plan);
        var range = backtest is { From: null, To: null } ? "all past shipments" : "a range of past shipments";
        return new($"Backtest of {backtest.ModelVersion}", range, state, kind);
    }
}
