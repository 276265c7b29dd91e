using OpsConsole.Access;

namespace OpsConsole.Operations.Pages;

/// <summary>What is tried no more by itself.</summary>
public sealed partial class SetAsidePage(SetAside aside, CircuitCaller caller)
{
    private IReadOnlyList<SetAsideShipment> _shipments = [];
    private int _count;

    protected override void OnInitialized() => Read();

    private void Read() => (_shipments, _count) = (aside.List(), aside.Count());

    private async Task RetryAsync(SetAsideShipment shipment)
    {
        await aside.RetryAsync(shipment, await caller.RequireAsync(Scopes.Admin));
        Read();
    }
}
