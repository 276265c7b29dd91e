using OpsConsole.Operations;

namespace OpsConsole.Live;

/// <summary>Raised after rows of the board were committed: who shows them reads on from the version it knows.</summary>
/// <param name="doorbell">Tells other instances, which show the same board.</param>
public sealed class BoardChanged(Doorbell? doorbell = null) : Signal(doorbell, Bells.Board);
