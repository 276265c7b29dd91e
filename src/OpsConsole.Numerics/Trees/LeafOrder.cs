namespace OpsConsole.Numerics.Trees;

/// <summary>The leaves of a tree from left to right; the leaves below a node are a run of them.</summary>
/// <param name="Leaves">Index of each leaf, from left to right.</param>
/// <param name="First">Where the run of each node begins.</param>
/// <param name="Middle">Where the run of its right child begins.</param>
internal sealed record LeafOrder(int[] Leaves, int[] First, int[] Middle)
{
    /// <summary>The order in a tree.</summary>
    public static LeafOrder Of(RegressionTree tree)
    {
        // Sizes from the bottom, then places from the top: no recursion, since a tree can be a long chain.
        var sizes = new int[tree.Features.Length];
        for (var i = tree.TopDown.Length - 1; i >= 0; i--)
        {
            var node = tree.TopDown[i];
            sizes[node] = Size(tree.Left[node]) + Size(tree.Right[node]);
        }

        var leaves = new int[tree.LeafValues.Length];
        int[] first = new int[sizes.Length], middle = new int[sizes.Length];
        foreach (var node in tree.TopDown)
        {
            middle[node] = first[node] + Size(tree.Left[node]);
            Place(tree.Left[node], first[node]);
            Place(tree.Right[node], middle[node]);
        }

        return new LeafOrder(leaves, first, middle);

        int Size(int child) => child >= 0 ? sizes[child] : 1;

        void Place(int child, int at)
        {
            if (child >= 0)
            {
                first[child] = at;
            }
            else
            {
                leaves[at] = ~child;
            }
        }
    }
}
