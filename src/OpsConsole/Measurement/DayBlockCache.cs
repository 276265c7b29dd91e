namespace OpsConsole.Measurement;

/// <summary>Keeps blocks in memory until too many shipments are held; those used longest ago are forgotten first.</summary>
/// <typeparam name="TKey">What a block is found by.</typeparam>
internal sealed class DayBlockCache<TKey>
    where TKey : notnull
{
    private const long MostRows = 1_500_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, DayBlock Block)>> _blocks = [];
    private readonly LinkedList<(TKey Key, DayBlock Block)> _used = new();
    private long _rows;

    /// <summary>A block, if it is held.</summary>
    internal DayBlock? Find(TKey key)
    {
        lock (_lock)
        {
            if (!_blocks.TryGetValue(key, out var node))
                return null;
            _used.Remove(node);
            _used.AddLast(node);
            return node.Value.Block;
        }
    }

    /// <summary>Holds a block, instead of an older one of its key.</summary>
    internal void Hold(TKey key, DayBlock block)
    {
        lock (_lock)
        {
            if (_blocks.Remove(key, out var old))
                Forget(old);
            var node = _used.AddLast((key, block));
            _blocks[key] = node;
            _rows += block.Rows.Length;
            while (_rows > MostRows && _used.First is { } oldest && oldest != node)
            {
                _blocks.Remove(oldest.Value.Key);
                Forget(oldest);
            }
        }
    }

    private void Forget(LinkedListNode<(TKey Key, DayBlock Block)> node)
    {
        _rows -= node.Value.Block.Rows.Length;
        _used.Remove(node);
    }
}
