using Etl.Loader.Dashboard.Pages;

namespace Etl.Loader.Dashboard.Access;

/// <summary>Where people sign in. No script: it works in any browser.</summary>
/// <param name="Base">The path under which a proxy serves the product, or empty.</param>
/// <param name="ReturnUrl">The local path they came for.</param>
/// <param name="Field">Name and value of the antiforgery field.</param>
/// <param name="Password">Whether people have passwords here.</param>
/// <param name="Provider">Host of the OpenID provider; null without one.</param>
/// <param name="Fault">Why the try before failed; null at the first.</param>
internal sealed record LoginPage(string Base, string ReturnUrl, (string Name, string Value) Field, bool Password, string? Provider, string? Fault)
{
    public override string ToString() => Markup.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <title>Sign in – Etl.Loader</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="none">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="{Base}/login.css">
        </head>
        <body>
        <main>
        <h1>Etl.Loader</h1>
        {(Fault is null ? Markup.Empty : Markup.Of($"<p class=\"fault\" role=\"alert\">{Fault}</p>"))}
        {(Password ? Form() : Markup.Empty)}
        {(Provider is null ? Markup.Empty : Markup.Of($"<a class=\"provider\" href=\"{Base}/login/openid?returnUrl={Uri.EscapeDataString(ReturnUrl)}\">Sign in with {Provider}</a>"))}
        </main>
        </body>
        </html>
        """).ToString();

    private Markup Form() => Markup.Of($"""
        <form method="post" action="{Base}/login">
        <input type="hidden" name="{Field.Name}" value="{Field.Value}">
        <input type="hidden" name="returnUrl" value="{ReturnUrl}">
        <label for="name">Name</label>
        <input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required>
        <button type="submit">Sign in</button>
        </form>
        """);
}
