namespace OpsConsole.Triage;

/// <summary>What a judge may give as the reason: the contract's codes, and their words on screens.</summary>
public static class Reasons
{
    /// <summary>All of them, in the order they are offered.</summary>
    public static IReadOnlyList<(string Code, string Words)> All { get; } =
    [
        ("traffic", "Traffic"),
        ("weather", "Weather"),
        ("missedScan", "Scan missed or wrong"),
        ("hubDelay", "Delay at a hub"),
        ("vehicle", "Vehicle or driver"),
        ("address", "Address"),
        ("capacity", "Too much for the round"),
        ("customer", "Customer not there or asked"),
        ("carrier", "Carrier said so"),
        ("other", "Something else"),
    ];

    /// <summary>Whether there is such a code.</summary>
    public static bool Has(string code) => All.Any(r => r.Code == code);

    /// <summary>The words of a code; the code itself where it has none.</summary>
    public static string Words(string code) => All.FirstOrDefault(r => r.Code == code).Words ?? code;
}
