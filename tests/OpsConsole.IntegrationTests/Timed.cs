namespace OpsConsole.IntegrationTests;

/// <summary>Tests that hold something against the clock on the wall: they run one after another, when nothing else does.</summary>
[CollectionDefinition(nameof(Timed), DisableParallelization = true)]
public sealed class Timed;
