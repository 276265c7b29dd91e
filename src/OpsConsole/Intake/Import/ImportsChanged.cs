using OpsConsole.Operations;

namespace OpsConsole.Intake.Import;

/// <summary>A file came, got on, or ended. Pages and the queue look again.</summary>
public sealed class ImportsChanged : Signal;
