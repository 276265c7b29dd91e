namespace OpsConsole.FaultTests;

/// <summary>Waits for conditions, looking a hundred times a second.</summary>
internal static class Until
{
    /// <summary>Waits until something holds, at most a minute.</summary>
    public static Task TrueAsync(Func<bool> condition, RunningProgram running, TimeSpan? within = null) =>
        TrueAsync(() => Task.FromResult(condition()), running, within);

    /// <inheritdoc cref="TrueAsync(Func{bool}, RunningProgram, TimeSpan?)"/>
    public static async Task TrueAsync(Func<Task<bool>> condition, RunningProgram running, TimeSpan? within = null)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var deadline = new CancellationTokenSource(within ?? TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"waited for {within ?? TimeSpan.FromSeconds(60)}:\n{running.Log}");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>Whether <c>/health/ready</c> answers 200.</summary>
    public static async Task<bool> IsReadyAsync(RunningProgram running)
    {
        using var answer = await running.Client.GetAsync(new Uri("/health/ready", UriKind.Relative));
        return answer.IsSuccessStatusCode;
    }
}
