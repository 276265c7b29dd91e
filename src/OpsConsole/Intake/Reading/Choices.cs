using System.Reflection;
using System.Text;
using System.Text.Json.Serialization;

namespace OpsConsole.Intake.Reading;

/// <summary>The words of an enum of the contract, as JSON has them.</summary>
internal static class Choices<T>
    where T : struct, Enum
{
    private static readonly (byte[] Word, T Value)[] Words = [.. Enum.GetValues<T>().Select(value => (Encoding.UTF8.GetBytes(WordOf(value)), value))];

    /// <summary>All of them, for people.</summary>
    internal static string Allowed { get; } = "one of " + string.Join(", ", Enum.GetValues<T>().Select(WordOf));

    internal static T? Find(ReadOnlySpan<byte> word)
    {
        foreach (var (known, value) in Words)
        {
            if (word.SequenceEqual(known))
                return value;
        }
        return null;
    }

    private static string WordOf(T value) =>
        typeof(T).GetField(value.ToString())!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()!.Name;
}
