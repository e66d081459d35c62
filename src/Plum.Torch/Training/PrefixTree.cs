namespace Plum.Torch.Training;

/// <summary>
/// The completions of one prompt as a tree of tokens: what several begin with alike is one branch, computed once. Samples of
/// one policy often differ late, and a pair's programs often in a single token.
/// </summary>
internal sealed class PrefixTree
{
    private readonly List<int> tokens = [], parents = [], depths = [];
    private readonly Dictionary<(int Parent, int Token), int> children = [];

    /// <summary>Builds the tree.</summary>
    /// <param name="completions">Token ids of each completion.</param>
    public PrefixTree(IReadOnlyList<int[]> completions)
    {
        Paths = [.. completions.Select(Path)];
        bool[] inner = new bool[tokens.Count];
        foreach (int parent in parents.Where(parent => parent >= 0))
            inner[parent] = true;
        Inner = [.. Enumerable.Range(0, tokens.Count).Where(node => inner[node])];
    }

    /// <summary>Nodes, each a token after one particular prefix.</summary>
    public int Count => tokens.Count;

    /// <summary>For each completion the nodes of its tokens.</summary>
    public IReadOnlyList<int[]> Paths { get; }

    /// <summary>The nodes from which another token is predicted, parents before children; only these have to be computed.</summary>
    public IReadOnlyList<int> Inner { get; }

    /// <summary>A node's token id.</summary>
    public int Token(int node) => tokens[node];

    /// <summary>The node before; -1 where that is the prompt.</summary>
    public int Parent(int node) => parents[node];

    /// <summary>How many nodes lie before it.</summary>
    public int Depth(int node) => depths[node];

    private int[] Path(int[] completion)
    {
        int[] path = new int[completion.Length];
        int parent = -1;
        for (int depth = 0; depth < completion.Length; depth++)
        {
            if (!children.TryGetValue((parent, completion[depth]), out int node))
            {
                node = tokens.Count;
                children.Add((parent, completion[depth]), node);
                tokens.Add(completion[depth]);
                parents.Add(parent);
                depths.Add(depth);
            }

            path[depth] = parent = node;
        }

        return path;
    }
}
