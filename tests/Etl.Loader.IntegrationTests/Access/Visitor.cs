using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace Etl.Loader.IntegrationTests.Access;

/// <summary>One who asks a <see cref="Site"/>: a browser with its cookies, or a program with its key.</summary>
internal sealed partial class Visitor : IDisposable
{
    public Visitor(Uri address, CookieContainer cookies)
    {
        Cookies = cookies;
#pragma warning disable CA2000 // The client disposes its handler.
        Http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = cookies }) { BaseAddress = address };
#pragma warning restore CA2000
    }

    public HttpClient Http { get; }

    public CookieContainer Cookies { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async Task<HttpResponseMessage> GetAsync(string path) => await Http.GetAsync(new Uri(path, UriKind.Relative), Token);

    public async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await GetAsync(path);
        return answer.StatusCode;
    }

    public async Task<string> TextAsync(string path)
    {
        using var answer = await GetAsync(path);
        return await answer.Content.ReadAsStringAsync(Token);
    }

    public async Task<HttpResponseMessage> PostJsonAsync(string path, object? body = null, string? formToken = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) };
        Carry(request, formToken);
        return await Http.SendAsync(request, Token);
    }

    public async Task<HttpResponseMessage> PostFormAsync(string path, IEnumerable<KeyValuePair<string, string>> fields, string? formToken = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) };
        Carry(request, formToken);
        return await Http.SendAsync(request, Token);
    }

    public async Task<HttpResponseMessage> SignInAsync(string name, string password, string returnUrl = "")
    {
        var token = HiddenField().Match(await TextAsync("/login")).Groups["value"].Value;
        return await PostFormAsync("/login", [new("name", name), new("password", password), new("returnUrl", returnUrl), new("__RequestVerificationToken", token)]);
    }

    /// <summary>The antiforgery token that a page of the dashboard carries for its buttons.</summary>
    public async Task<string> FormTokenAsync()
    {
        var token = MetaToken().Match(await TextAsync("/hangfire/loads")).Groups["value"].Value;
        Assert.NotEmpty(token);
        return token;
    }

    /// <summary>The one in the form that signs out.</summary>
    public async Task<string> HiddenTokenAsync(string path) => HiddenField().Match(await TextAsync(path)).Groups["value"].Value;

    public void Dispose() => Http.Dispose();

    private static void Carry(HttpRequestMessage request, string? formToken)
    {
        if (formToken is not null)
        {
            request.Headers.Add("RequestVerificationToken", formToken);
        }
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<value>[^\"]+)\"")]
    private static partial Regex HiddenField();

    [GeneratedRegex("name=\"csrf-token\" content=\"(?<value>[^\"]+)\"")]
    private static partial Regex MetaToken();
}
