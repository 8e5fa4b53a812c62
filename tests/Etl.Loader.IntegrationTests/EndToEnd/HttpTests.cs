using System.Net;

namespace Etl.Loader.IntegrationTests.EndToEnd;

public sealed class HttpTests(SharedUp shared) : IClassFixture<SharedUp>
{
    [Fact]
    public async Task The_root_leads_to_the_dashboard()
    {
        using var client = Client();
        using var answer = await client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith("/hangfire", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/hangfire")]
    [InlineData("/hangfire/loads")]
    [InlineData("/hangfire/lanes")]
    [InlineData("/hangfire/watchers")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/api/loads")]
    public async Task A_local_request_is_answered(string path)
    {
        using var client = Client();
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("/hangfire")]
    [InlineData("/hangfire/loads")]
    [InlineData("/api/loads")]
    public async Task A_request_that_a_proxy_forwarded_from_elsewhere_is_refused(string path)
    {
        using var client = Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden]);
    }

    [Theory]
    [InlineData("/hangfire/jobs/failed/requeue")]
    [InlineData("/hangfire/lanes/actions/pause")]
    [InlineData("/hangfire/loads/actions/requeue")]
    public async Task A_post_without_the_antiforgery_token_is_refused(string path)
    {
        using var client = Client();
        using var form = new FormUrlEncodedContent([new("id", "warehouse"), new("jobs[]", "1")]);
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private HttpClient Client()
    {
#pragma warning disable CA2000 // The client disposes its handler.
        return new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = shared.Up.Ready.Dashboard };
#pragma warning restore CA2000
    }
}
