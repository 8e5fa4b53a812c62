namespace Etl.Loader.Notifications;

/// <summary>One receiver, under <c>Loader:Notifications:Webhooks:NAME</c>.</summary>
internal sealed class WebhookOptions
{
    /// <summary>Where notifications are posted to: absolute, http or https. Redirects are not followed.</summary>
    public string Url { get; set; } = "";

    /// <summary>
    /// The key of the signature: <c>whsec_</c> and base64 of 24 … 64 random bytes, as libraries of Standard Webhooks take it, or any text of 24 or more bytes.
    /// </summary>
    public string Secret { get; set; } = "";

    /// <summary>Names of <see cref="NotificationEvents.All"/>; empty: all of them.</summary>
    public IList<string> Events { get; set; } = [];

    /// <summary>How long an answer is waited for, 1 s … 1 min. Default 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
