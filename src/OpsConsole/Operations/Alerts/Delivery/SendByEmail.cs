using System.Globalization;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace OpsConsole.Operations.Alerts.Delivery;

/// <summary>Sends alerts as mail.</summary>
internal sealed class SendByEmail(AlertOptions options) : ISendAlerts
{
    internal const string Channel = "email";

    public string Name => Channel;

    public bool IsSet => options.SmtpHost is not null;

    public async Task SendAsync(AlertDelivery delivery, AlertMessage message, CancellationToken cancellation)
    {
        using var mail = new MimeMessage();
        mail.From.Add(MailboxAddress.Parse(options.SmtpFrom));
        mail.To.Add(MailboxAddress.Parse(delivery.Target));
        mail.Subject = message.Line;
        // The same at each attempt: who gets it twice can tell.
        mail.MessageId = string.Create(CultureInfo.InvariantCulture, $"{delivery.Key}.alert@opsconsole");
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        mail.Body = new TextPart("plain") { Text = message.Text() };
        using var client = new SmtpClient();
        try
        {
            await client.ConnectAsync(options.SmtpHost!, options.SmtpPort, Security(), cancellation);
            if (options.SmtpUser is { } user)
                await client.AuthenticateAsync(user, options.SmtpPassword ?? "", cancellation);
            await client.SendAsync(mail, cancellation);
        }
        catch (AuthenticationException failure)
        {
            throw new DeliveryFailedException("the mail server refused the user or the password", failure);
        }
        catch (SmtpCommandException failure)
        {
            throw new DeliveryFailedException(string.Create(CultureInfo.InvariantCulture, $"the mail server answered {(int)failure.StatusCode}"), failure);
        }
        catch (Exception failure) when (failure is System.Net.Sockets.SocketException or IOException or ProtocolException or SslHandshakeException or NotSupportedException)
        {
            throw new DeliveryFailedException($"the mail server can't be spoken to ({failure.GetType().Name})", failure);
        }
        // It has been taken: what goes wrong with the goodbye doesn't matter.
        await ByeAsync(client);
    }

    private static async Task ByeAsync(SmtpClient client)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await client.DisconnectAsync(quit: true, soon.Token);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or ProtocolException or System.Net.Sockets.SocketException)
        {
            // The connection is dropped.
        }
    }

    private SecureSocketOptions Security() => options.SmtpSecurity switch
    {
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
        SmtpSecurity.None => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };
}
