namespace OpsConsole.Learning;

/// <summary>How training is carried out.</summary>
public sealed record LearningOptions
{
    /// <summary>Trains in this process instead of a child: for tests. A crash of the native trainer would then take the board along.</summary>
    public bool InProcess { get; init; }

    /// <summary>The environment that the child process gets beside this one's, such as where the data is.</summary>
    public IReadOnlyDictionary<string, string> ChildEnvironment { get; init; } = new Dictionary<string, string>();
}
