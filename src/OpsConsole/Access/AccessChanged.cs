using OpsConsole.Operations;

namespace OpsConsole.Access;

/// <summary>Raised after a key, a person or what they may do was changed, here or on another instance: who remembers any of it looks again.</summary>
/// <param name="doorbell">Tells other instances.</param>
public sealed class AccessChanged(Doorbell? doorbell = null) : Signal(doorbell, Bells.Access);
