namespace OpsConsole.Store;

/// <summary>
/// Makes surrogate keys that grow with time: 41 bits of milliseconds since 2024, 10 bits of instance, 12 bits of count. They append at
/// the end of their index, are known before they are written, and are the same kind on both databases.
/// </summary>
public sealed class Ids(TimeProvider time)
{
    private const long Epoch = 638_396_640_000_000_000 / TimeSpan.TicksPerMillisecond; // 2024-01-01
    private readonly Lock _lock = new();
    private long _last;

    /// <summary>Which instance makes them, 0 to 1023; taken from the store at start so that two processes differ.</summary>
    public int Instance { get; set; }

    /// <summary>The next key.</summary>
    public long Next()
    {
        lock (_lock)
        {
            var now = (time.GetUtcNow().UtcTicks / TimeSpan.TicksPerMillisecond - Epoch) << 22;
            // Within one millisecond, or when the clock stepped back, the count goes on (and may run into the next millisecond).
            if ((now >> 22) > (_last >> 22))
                _last = now;
            else if ((_last & 0xFFF) == 0xFFF)
                _last = ((_last >> 22) + 1) << 22;
            else
                _last++;
            return (_last & ~0x3FF000L) | ((long)Instance << 12);
        }
    }
}
