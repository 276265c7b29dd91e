using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Operations;
using OpsConsole.Web.Demo;

namespace OpsConsole.BrowserTests;

/// <summary>A site with a small demo: three days that were truly served, predicted, answered and settled. For pages about what has been.</summary>
public sealed class DemoSite : ConsoleSite
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        var progress = Services.GetRequiredService<DemoProgress>();
        var whole = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (progress is { Running: false, Share: > 0 })
                whole.TrySetResult();
        }
        progress.Changed += Look;
        Look();
        await whole.Task.WaitAsync(TimeSpan.FromMinutes(3));
        progress.Changed -= Look;
        Assert.Equal(1, progress.Share);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.UseSetting("Demo:Enabled", "true");
        builder.ConfigureTestServices(services => services.AddSingleton(new DemoOptions { Days = 3, Shipments = 240, LivePerDay = 0 }));
    }
}
