using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Dashboard.Access;

/// <summary>Who gets in. Every request falls under <see cref="AccessRule"/>, but for endpoints that are open to everyone by name.</summary>
internal static class AccessRegistration
{
    /// <param name="dashboard">Whether people sign in here. A process without pages has no use for the keys of sessions, and its role may not read them.</param>
    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration, bool dashboard)
    {
        var section = configuration.GetSection(HttpOptions.Section);
        var http = section.Get<HttpOptions>() ?? new HttpOptions();
        services.Configure<HttpOptions>(section);
        services.TryAddSingleton<GuessLimit>();
        services.TryAddSingleton<EndedSessions>();
        services.TryAddSingleton<SignIn>();
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = ProblemWords.Complete);
        services.AddExceptionHandler<OutageHandler>();
        services.AddAntiforgery(antiforgery =>
        {
            // One for all pages: Hangfire's, which see a path base of their own, and ours.
            antiforgery.Cookie.Name = "etl-loader.form";
            antiforgery.Cookie.Path = http.PathBase.Length > 0 ? http.PathBase : "/";
            antiforgery.SuppressXFrameOptionsHeader = true;
        });
        services.AddKeys(dashboard);
        services.AddWaysIn(http);
        services.AddAuthorization(authorization =>
        {
            var rule = new AuthorizationPolicyBuilder()
                .RequireAssertion(asked => asked.Resource is HttpContext context && AccessRule.Allows(context.User, context.Request, http))
                .Build();
            (authorization.DefaultPolicy, authorization.FallbackPolicy) = (rule, rule);
        });
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusalLog>();
        services.AddOptions<ForwardedHeadersOptions>().Configure(forwarded =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var proxy in http.KnownProxies)
            {
                forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
            }
        });
        return services;
    }

    /// <summary>Comes before everything that answers requests.</summary>
    public static void UseAccess(this WebApplication app)
    {
        var http = app.Services.GetRequiredService<IOptions<HttpOptions>>().Value;
        if (http.PathBase.Length > 0)
        {
            app.UsePathBase(http.PathBase);
        }

        if (http.KnownProxies.Count > 0)
        {
            app.UseForwardedHeaders();
        }

        app.UseSecurityHeaders();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
    }

    private static void AddKeys(this IServiceCollection services, bool kept)
    {
        services.AddDataProtection().SetApplicationName("etl-loader");
        if (!kept)
        {
            services.AddOptions<KeyManagementOptions>().Configure(keys => keys.XmlRepository = new UnkeptKeys());
            return;
        }

        services.TryAddSingleton<LedgerKeys>();
        services.AddOptions<KeyManagementOptions>().Configure<LedgerKeys>((keys, ledger) => keys.XmlRepository = ledger);
    }

    private static void AddWaysIn(this IServiceCollection services, HttpOptions http)
    {
        var mode = http.Mode();
        var authentication = services.AddAuthentication(Schemes.ByRequest)
            .AddPolicyScheme(Schemes.ByRequest, null, scheme => scheme.ForwardDefaultSelector = context =>
                context.Request.Headers.ContainsKey("Authorization") ? Schemes.ApiKey
                : mode == AccessMode.SignIn ? Schemes.Session
                : Schemes.Local)
            .AddCookie(Schemes.Session, cookie => Sessions.Configure(cookie, http))
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(Schemes.ApiKey, null)
            .AddScheme<AuthenticationSchemeOptions, LocalAuthentication>(Schemes.Local, null);
        if (http.OpenIdConnect is { } openId)
        {
            OpenIdSignIn.Add(authentication, openId);
        }
    }

    /// <summary>So that no one wonders, or opens the port for good to see something at all.</summary>
    public static void WarnIfClosed(this WebApplication app)
    {
        var http = app.Services.GetRequiredService<IOptions<HttpOptions>>().Value;
        if (http.Mode() == AccessMode.Closed)
        {
            Log.Closed(
                app.Services.GetRequiredService<ILogger<SignIn>>(),
                http.Address,
                http.ApiKeys.Count > 0 ? " and requests with an API key" : "",
                http.KnownProxies.Count > 0 ? "a proxy is configured and no one can sign in" : "the address can be reached from other machines and no one can sign in");
        }
    }
}
