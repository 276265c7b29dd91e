namespace OpsConsole.Operations;

/// <summary>What an instance may tell the others of. A bell says "look again", never what changed.</summary>
public static class Bells
{
    /// <summary>Rows of the board were committed.</summary>
    public const string Board = "board";

    /// <summary>Facts were committed. Who took them in works on them at once; the others look by themselves.</summary>
    public const string Input = "input";

    /// <summary>Another champion, or another threshold, was appointed.</summary>
    public const string Champion = "champion";

    /// <summary>The operation's settings were changed.</summary>
    public const string Settings = "settings";

    /// <summary>Runs were queued, went on or ended.</summary>
    public const string Runs = "runs";

    /// <summary>A key, a person or what they may do was changed.</summary>
    public const string Access = "access";
}
