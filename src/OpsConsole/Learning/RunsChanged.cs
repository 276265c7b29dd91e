using OpsConsole.Operations;

namespace OpsConsole.Learning;

/// <summary>A run was asked for, got on, or ended; or a version changed its state. Pages and the queue look again.</summary>
/// <param name="doorbell">Tells other instances.</param>
public sealed class RunsChanged(Doorbell? doorbell = null) : Signal(doorbell, Bells.Runs);
