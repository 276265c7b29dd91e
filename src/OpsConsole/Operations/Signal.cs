using System.Diagnostics;

namespace OpsConsole.Operations;

/// <summary>
/// Tells whoever listens to look again. It carries no truth: a listener that missed it finds what is behind by the numbers in the store, at
/// the latest when its own tick comes. Raising it twice before a listener looked is the same as once. One that has a bell is raised by it, and
/// rings it: so other instances' listeners look too.
/// </summary>
public abstract class Signal
{
    private readonly Lock _lock = new();
    private readonly Doorbell? _doorbell;
    private readonly string _bell = "";
    private Listener[] _listeners = [];

    /// <summary>Raised in this process only.</summary>
    protected Signal()
    {
    }

    /// <param name="doorbell">How other instances are told; null: they aren't, as in a second loop of the same process.</param>
    /// <param name="bell">Which bell it is (<see cref="Bells"/>).</param>
    protected Signal(Doorbell? doorbell, string bell)
    {
        (_doorbell, _bell) = (doorbell, bell);
        doorbell?.Listen(bell, Wake);
    }

    /// <summary>Wakes everybody who listens. Quick; never throws.</summary>
    public void Raise()
    {
        if (_doorbell is null)
            Wake();
        else
            _doorbell.Ring(_bell);
    }

    private void Wake()
    {
        foreach (var listener in Volatile.Read(ref _listeners))
            listener.Wake();
    }

    /// <summary>Starts to listen; dispose of it to stop.</summary>
    public Listener Listen()
    {
        var listener = new Listener(this);
        lock (_lock)
            Volatile.Write(ref _listeners, [.. _listeners, listener]);
        return listener;
    }

    private void Forget(Listener listener)
    {
        lock (_lock)
            Volatile.Write(ref _listeners, [.. _listeners.Where(l => l != listener)]);
    }

    /// <summary>One who listens, with a latch of its own.</summary>
    public sealed class Listener : IDisposable
    {
        private const int MostCauses = 32;
        private readonly SemaphoreSlim _raised = new(0, 1);
        private readonly Signal _signal;
        private readonly Lock _lock = new();
        private List<ActivityLink> _causes = [];
        private long? _since;

        internal Listener(Signal signal) => _signal = signal;

        /// <summary>When it was first raised since this was last asked, as a timestamp, and what it was raised by, for traces.</summary>
        internal (long? Since, IReadOnlyList<ActivityLink> Causes) TakeCauses()
        {
            lock (_lock)
            {
                var causes = (_since, _causes);
                (_since, _causes) = (null, []);
                return causes;
            }
        }

        internal void Wake()
        {
            Note();
            try
            {
                if (_raised.CurrentCount == 0)
                    _raised.Release();
            }
            catch (Exception failure) when (failure is SemaphoreFullException or ObjectDisposedException)
            {
                // Somebody else raised it in the same moment, or the listener has gone.
            }
        }

        /// <summary>Whether it was raised since this or <see cref="WaitAsync"/> was last asked.</summary>
        public bool TakeRaised() => _raised.Wait(0);

        private void Note()
        {
            lock (_lock)
            {
                _since ??= Stopwatch.GetTimestamp();
                if (Activity.Current is { Recorded: true } cause && _causes.Count < MostCauses)
                    _causes.Add(new ActivityLink(cause.Context));
            }
        }

        /// <summary>Waits until it is raised, or for <paramref name="atMost"/>. True when it was raised.</summary>
        public Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellation = default) => _raised.WaitAsync(atMost, cancellation);

        /// <inheritdoc/>
        public void Dispose()
        {
            _signal.Forget(this);
            _raised.Dispose();
        }
    }
}
