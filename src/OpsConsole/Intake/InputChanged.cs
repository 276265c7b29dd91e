using OpsConsole.Operations;

namespace OpsConsole.Intake;

/// <summary>Raised after facts were committed: something is behind its input.</summary>
public sealed class InputChanged : Signal;
