namespace OpsConsole.Client;

/// <summary>The moments before the promise at which every open shipment is scored and the score kept.</summary>
public static class LeadGrid
{
    /// <summary>Minutes before the promise, longest first.</summary>
    public static IReadOnlyList<int> Minutes { get; } = [2880, 2160, 1440, 1080, 720, 480, 360, 240, 180, 120, 60, 30, 0];

    /// <summary>The place of a lead in the grid; −1 when it isn't of it.</summary>
    public static int IndexOf(int minutes)
    {
        for (var i = 0; i < Minutes.Count; i++)
        {
            if (Minutes[i] == minutes)
                return i;
        }
        return -1;
    }
}
