namespace OpsConsole.Prediction;

/// <summary>
/// Learns which features a model gets and which categories they have. Deterministic: the same rows, in the same order, give the same schema. It
/// never looks at outcomes, so it can't leak them.
/// </summary>
internal static class SchemaLearner
{
    /// <summary>A category with fewer rows than this is "other".</summary>
    internal const int LeastCount = 20;

    /// <summary>Up to this many categories get a slot each; more get place and share.</summary>
    internal const int MostOneHot = 16;

    /// <summary>The most categories that are told apart.</summary>
    internal const int MostCategories = 1024;

    /// <summary>What counts as the share of a category never learnt.</summary>
    internal const double UnseenShare = 1e-5;

    // Counting goes on for so many different texts of a feature; beyond it is an identifier, which teaches nothing.
    private const int MostCounted = 50_000;

    // The median is of so many numbers of a feature, the first ones.
    private const int MostNumbers = 20_000;

    internal static ModelSchema Learn(IEnumerable<FeatureRow> rows, bool includeAttributes)
    {
        var columns = Features.Definitions.Select(d => new Column(d.Name) { Kind = d.Kind }).ToList();
        var attributes = new SortedDictionary<string, Column>(StringComparer.Ordinal);
        var count = 0;
        foreach (var row in rows)
        {
            count++;
            for (var i = 0; i < columns.Count; i++)
                columns[i].Add(row[i]);
            if (!includeAttributes)
                continue;
            foreach (var name in row.AttributeNames)
            {
                if (!attributes.TryGetValue(name, out var column))
                    attributes[name] = column = new Column(name);
                column.Add(row[name]);
            }
        }
        return new ModelSchema(columns.Concat(attributes.Values).Select(c => c.Feature(count)).OfType<SchemaFeature>());
    }

    private sealed class Column(string name)
    {
        private readonly List<double> _numbers = [];
        private readonly Dictionary<string, int> _texts = new(StringComparer.Ordinal);
        private int _numberCount;
        private int _textCount;
        private bool _differs;

        internal FeatureKind? Kind { get; init; }

        internal void Add(FeatureValue value)
        {
            if (value.Number is { } number)
            {
                _numberCount++;
                _differs |= _numbers.Count > 0 && _numbers[0] != number;
                if (_numbers.Count < MostNumbers)
                    _numbers.Add(number);
            }
            else if (value.Text is { } text)
            {
                _textCount++;
                if (_texts.TryGetValue(text, out var seen))
                    _texts[text] = seen + 1;
                else if (_texts.Count < MostCounted)
                    _texts[text] = 1;
            }
        }

        /// <summary>The feature; null when it says nothing: never there, or always the same.</summary>
        internal SchemaFeature? Feature(int rows)
        {
            var kind = Kind ?? (_numberCount >= _textCount ? FeatureKind.Number : FeatureKind.Category);
            var known = kind == FeatureKind.Number ? _numberCount : _textCount;
            var missing = known < rows;
            if (known == 0)
                return null;
            if (kind == FeatureKind.Number)
            {
                _numbers.Sort();
                return _differs || missing ? new SchemaFeature { Name = name, Kind = kind, Sentinel = _numbers[_numbers.Count / 2], Indicator = missing } : null;
            }
            var kept = _texts.Where(t => t.Value >= LeastCount)
                .OrderByDescending(t => t.Value).ThenBy(t => t.Key, StringComparer.Ordinal).Take(MostCategories)
                .OrderBy(t => t.Key, StringComparer.Ordinal).ToList();
            if (kept.Count == 0 || (kept.Count == 1 && kept[0].Value == rows))
                return null;
            return new SchemaFeature
            {
                Name = name,
                Kind = kind,
                Sentinel = kept.Count / 2,
                Indicator = missing,
                Categories = [.. kept.Select(t => t.Key)],
                Shares = [.. kept.Select(t => (t.Value + 1.0) / (rows + kept.Count + 1))],
                OneHot = kept.Count <= MostOneHot,
            };
        }
    }
}
