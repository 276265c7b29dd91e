namespace OpsConsole.Numerics.Trees;

/// <summary>
/// Exact path-dependent Shapley values of a tree ensemble (Lundberg et al., "From local explanations to global understanding with
/// explainable AI for trees", Nature Machine Intelligence 2, 2020), by the plainest way: leaf by leaf. Slow; tests hold <see cref="TreeShap"/> against it.
/// </summary>
/// <remarks>
/// The game: a feature that plays sends the row its own way; one that does not sends it both ways in the shares of the training rows. So a
/// leaf of value <c>v</c> that lies behind features <c>j = 1…d</c> is worth <c>v · Π(plays ? o_j : z_j)</c>, with <c>o_j</c> 1 where the
/// row meets all of the leaf's conditions on feature j, else 0, and <c>z_j</c> the product of the shares of those conditions. The Shapley
/// value of such a product is <c>v · (o_i − z_i) · Σ_k c_k · k!(d−1−k)!/d!</c>, with <c>c_k</c> the coefficients of
/// <c>Π_{j≠i}(z_j + o_j·t)</c>. Values of leaves add up, and so do trees.
/// </remarks>
internal sealed class PlainTreeShap
{
    private readonly TreeEnsemble _ensemble;
    private readonly CoverFractions[] _fractions;

    /// <summary>Prepares explanations of an ensemble.</summary>
    /// <param name="ensemble">Its covers must have been counted.</param>
    public PlainTreeShap(TreeEnsemble ensemble)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        _ensemble = ensemble;
        _fractions = [.. ensemble.Trees.Select(CoverFractions.Of)];
        Baseline = ensemble.ExpectedValue();
    }

    /// <summary>The expected raw value over the training rows: what the contributions start from.</summary>
    public double Baseline { get; }

    /// <summary>The contribution of each feature: together with <see cref="Baseline"/> they are the raw value of the row.</summary>
    /// <param name="row">The values of the features, in order.</param>
    /// <param name="contributions">One a feature; overwritten.</param>
    public void Explain(ReadOnlySpan<float> row, Span<double> contributions)
    {
        contributions[.._ensemble.FeatureCount].Clear();
        for (var t = 0; t < _fractions.Length; t++)
        {
            var walk = new Walk(_ensemble.Trees[t], _fractions[t], _ensemble.Weights[t]);
            if (walk.Tree.Features.Length > 0)
            {
                walk.Visit(0, row, contributions);
            }
        }
    }

    /// <summary>A depth-first walk that knows the conditions met so far, one a feature.</summary>
    private sealed class Walk(RegressionTree tree, CoverFractions fractions, double weight)
    {
        private readonly List<Condition> _path = [];

        public RegressionTree Tree => tree;

        public void Visit(int at, ReadOnlySpan<float> row, Span<double> contributions)
        {
            if (at < 0)
            {
                AddLeaf(weight * tree.LeafValues[~at], contributions);
                return;
            }

            var goesLeft = row[tree.Features[at]] <= tree.Thresholds[at];
            Enter(at, tree.Left[at], fractions.Left[at], goesLeft, row, contributions);
            Enter(at, tree.Right[at], 1 - fractions.Left[at], !goesLeft, row, contributions);
        }

        private void Enter(int node, int child, double share, bool taken, ReadOnlySpan<float> row, Span<double> contributions)
        {
            var feature = tree.Features[node];
            var earlier = _path.FindIndex(condition => condition.Feature == feature);
            var before = earlier >= 0 ? _path[earlier] : new Condition(feature, 1, 1);
            var now = new Condition(feature, before.Share * share, taken ? before.Met : 0);
            if (earlier >= 0)
            {
                _path[earlier] = now;
                Visit(child, row, contributions);
                _path[earlier] = before;
            }
            else
            {
                _path.Add(now);
                Visit(child, row, contributions);
                _path.RemoveAt(_path.Count - 1);
            }
        }

        private void AddLeaf(double value, Span<double> contributions)
        {
            for (var i = 0; i < _path.Count; i++)
            {
                contributions[_path[i].Feature] += value * (_path[i].Met - _path[i].Share) * WeightOfOthers(i);
            }
        }

        /// <summary>Σ_k c_k · k!(d−1−k)!/d! over the features but one.</summary>
        private double WeightOfOthers(int but)
        {
            var count = _path.Count;
            var coefficients = new double[count];
            coefficients[0] = 1;
            var degree = 0;
            for (var j = 0; j < count; j++)
            {
                if (j == but)
                {
                    continue;
                }

                degree++;
                for (var k = degree; k > 0; k--)
                {
                    coefficients[k] = coefficients[k] * _path[j].Share + coefficients[k - 1] * _path[j].Met;
                }

                coefficients[0] *= _path[j].Share;
            }

            var sum = 0.0;
            var beta = 1.0 / count; // 0!(d−1)!/d!
            for (var k = 0; k < count; k++)
            {
                sum += coefficients[k] * beta;
                beta *= (k + 1.0) / Math.Max(1, count - 1 - k);
            }

            return sum;
        }
    }

    private readonly record struct Condition(int Feature, double Share, double Met);
}
