namespace OpsConsole.Operations;

/// <summary>How far the making of the demo's history is. A process without a demo has one too, which never runs.</summary>
public sealed class DemoProgress
{
    private readonly Lock _lock = new();
    private (bool Running, double Share, string Words) _now = (false, 0, "");

    /// <summary>Raised after each change, on whichever thread made it; must be quick.</summary>
    public event Action? Changed;

    /// <summary>History is being made now.</summary>
    public bool Running => Read().Running;

    /// <summary>The share that is there, 0 to 1.</summary>
    public double Share => Read().Share;

    /// <summary>What is being done, in words for people, such as <c>Making two weeks of history: day 3 of 14</c>.</summary>
    public string Words => Read().Words;

    /// <summary>Says how far it is.</summary>
    public void Report(double share, string words) => Set((true, Math.Clamp(share, 0, 1), words));

    /// <summary>Says that it is over, and how it ended.</summary>
    /// <param name="share">1 when all is there.</param>
    /// <param name="words">How it ended; empty when there is nothing to say.</param>
    public void End(double share, string words = "") => Set((false, Math.Clamp(share, 0, 1), words));

    private (bool Running, double Share, string Words) Read()
    {
        lock (_lock)
            return _now;
    }

    private void Set((bool Running, double Share, string Words) state)
    {
        lock (_lock)
            _now = state;
        Changed?.Invoke();
    }
}
