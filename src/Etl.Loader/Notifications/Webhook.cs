using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Etl.Loader.Ledger;

namespace Etl.Loader.Notifications;

/// <summary>Posts notifications to one receiver. Only to the address that is configured: a redirect is a refusal.</summary>
internal sealed class Webhook : IDisposable
{
    private readonly HttpClient _client;
    private readonly WebhookOptions _options;
    private readonly TimeProvider _time;

    public Webhook(string name, WebhookOptions options, TimeProvider time)
    {
        (Name, _options, _time) = (name, options, time);
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
        })
        {
            Timeout = options.Timeout,
        };

        // A line that is kept may be closed by the receiver just when it is used again, and a delivery that was all right would count as failed.
        _client.DefaultRequestHeaders.ConnectionClose = true;
    }

    public string Name { get; }

    public TimeSpan Timeout => _options.Timeout;

    public bool Wants(string name) => _options.Events.Count == 0 || _options.Events.Contains(name);

    /// <summary>One and the same for all tries of a notification, and for no other notification: by it a receiver knows a repeat.</summary>
    public static string IdOf(Claimed claimed) =>
        string.Create(CultureInfo.InvariantCulture, $"{(claimed.Load is { } load ? load + "-" : "")}{claimed.Event}-{claimed.Id}");

    /// <summary>Null: the receiver has it. Otherwise why not; never with the address, whose path may be a secret.</summary>
    public async Task<string?> PostAsync(Claimed claimed, CancellationToken token)
    {
        var id = IdOf(claimed);
        var at = _time.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, _options.Url)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(claimed.Body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", at.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignature.Of(_options.Secret, id, at, claimed.Body));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("etl-loader", null));
        try
        {
            // What it answers beside its status is not read.
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
            return answer.IsSuccessStatusCode ? null : string.Create(CultureInfo.InvariantCulture, $"it answered {(int)answer.StatusCode}");
        }
        catch (HttpRequestException fault)
        {
            return fault.HttpRequestError == HttpRequestError.Unknown ? "the connection failed" : $"the connection failed ({fault.HttpRequestError})";
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            return string.Create(CultureInfo.InvariantCulture, $"no answer within {_options.Timeout.TotalSeconds:0.#} s");
        }
    }

    public void Dispose() => _client.Dispose();
}
