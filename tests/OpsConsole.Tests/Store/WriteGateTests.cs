using OpsConsole.Store;

namespace OpsConsole.Tests.Store;

public sealed class WriteGateTests
{
    private readonly WriteGate _gate = new(new StoreOptions { ConnectionString = "Data Source=none", DataDirectory = "." });

    [Fact]
    public async Task Gate_Taken_IsPassedOnInOrder()
    {
        var first = await _gate.EnterAsync(WritePriority.Bulk);
        var second = _gate.EnterAsync(WritePriority.Bulk).AsTask();
        var third = _gate.EnterAsync(WritePriority.Bulk).AsTask();
        Assert.False(second.IsCompleted);
        first.Dispose();
        var pass = await second;
        Assert.False(third.IsCompleted);
        pass.Dispose();
        (await third).Dispose();
    }

    [Fact]
    public async Task Gate_PersonWaits_GoesBeforeMachines()
    {
        var first = await _gate.EnterAsync(WritePriority.Bulk);
        var bulk = _gate.EnterAsync(WritePriority.Bulk).AsTask();
        var person = _gate.EnterAsync(WritePriority.People).AsTask();
        first.Dispose();
        var pass = await person;
        Assert.False(bulk.IsCompleted);
        pass.Dispose();
        (await bulk).Dispose();
    }

    [Fact]
    public async Task Gate_WaiterGaveUp_IsPassedOver()
    {
        var first = await _gate.EnterAsync(WritePriority.Bulk);
        using var giveUp = new CancellationTokenSource();
        var gone = _gate.EnterAsync(WritePriority.Bulk, giveUp.Token).AsTask();
        var next = _gate.EnterAsync(WritePriority.Bulk).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        first.Dispose();
        (await next).Dispose();
    }
}
