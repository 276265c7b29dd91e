namespace OpsConsole.Operations.Alerts.Delivery;

/// <summary>Messages about alerts don't arrive.</summary>
internal sealed class AlertDeliveryRule(AlertOutbox outbox) : IAlertRule
{
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(5);

    public string Code => "alertDelivery";

    public string Title => "Alerts are not delivered";

    public string Unit => "messages";

    public string Advice => "The Alerts page says under Delivery what the mail server or the webhook answers; mend that, and send again what was given up.";

    public async Task<IReadOnlyList<AlertReading>> ReadAsync(CancellationToken cancellation)
    {
        var (dead, late) = await outbox.CountAsync(Late, cancellation);
        return [new AlertReading("", dead + late, $"{late} messages wait for more than {Late.TotalMinutes:0} minutes, {dead} were given up")];
    }
}
