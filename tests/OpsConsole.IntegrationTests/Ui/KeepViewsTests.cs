using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;
using OpsConsole.Ui;

namespace OpsConsole.IntegrationTests.Ui;

public sealed class KeepViewsTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private static readonly Caller Mika = Caller.System with { UserId = 21, Name = "Mika" };
    private static readonly Caller Ada = Caller.System with { UserId = 22, Name = "Ada" };

    private KeepViews Views => console.Services.GetRequiredService<KeepViews>();

    [Fact]
    public async Task Keep_OwnAndShared_AreSeenByWhomTheyAreFor()
    {
        Assert.Null(await Views.KeepAsync("Evenings", "/quality?by=promiseHour", shared: false, Mika, default));
        Assert.Null(await Views.KeepAsync(" Evenings ", "/quality?by=promiseHour&range=90d", shared: false, Mika, default));
        Assert.Null(await Views.KeepAsync("Rural", "/quality", shared: true, Mika, default));
        Assert.Null(await Views.KeepAsync("Money", "/kpis", shared: true, Mika, default));
        Assert.Equal(["Evenings", "Rural"], (await Views.ReadAsync("/quality", Mika, default)).Select(v => v.Name));
        Assert.Equal("/quality?by=promiseHour&range=90d", (await Views.ReadAsync("/quality", Mika, default))[0].Address);
        var shared = Assert.Single(await Views.ReadAsync("/quality", Ada, default));
        await Views.RemoveAsync(shared.Key, Ada, default);
        Assert.Single(await Views.ReadAsync("/quality", Ada, default));
        await Views.RemoveAsync(shared.Key, Mika, default);
        Assert.Empty(await Views.ReadAsync("/quality", Ada, default));
    }

    [Theory]
    [InlineData("", "/quality", "name")]
    [InlineData("x", "//elsewhere.example", "can't be kept")]
    [InlineData("x", "/\\elsewhere.example", "can't be kept")]
    [InlineData("x", "https://elsewhere.example", "can't be kept")]
    [InlineData("x", "javascript:alert(1)", "can't be kept")]
    public async Task Keep_WhatCannotBe_SaysWhy(string name, string address, string why) =>
        Assert.Contains(why, await Views.KeepAsync(name, address, false, Ada, default), StringComparison.Ordinal);
}
