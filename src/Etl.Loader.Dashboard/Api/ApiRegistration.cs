using Etl.Loader.Dashboard.Access;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Etl.Loader.Dashboard.Api;

/// <summary><c>/api</c> and its OpenAPI document.</summary>
internal static class ApiRegistration
{
    private const string Path = "/api";
    private const string Bearer = "key";

    public static IServiceCollection AddLoaderApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));

        // So that what is wrong with a request is reported by us, in one form with everything else.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddOpenApi(options =>
        {
            options.ShouldInclude = endpoint => endpoint.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
            options.AddDocumentTransformer((document, _, _) =>
            {
                Describe(document);
                return Task.CompletedTask;
            });
            options.AddSchemaTransformer((schema, context, _) =>
            {
                if (context.JsonTypeInfo.Type == typeof(LoadId))
                {
                    (schema.Type, schema.Format, schema.Properties) = (JsonSchemaType.String, "uuid", null);
                }

                return Task.CompletedTask;
            });
        });
        return services;
    }

    public static void MapLoaderApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup(Path).AddEndpointFilter(RefuseForgeryAsync);
        api.MapLoads();
        api.MapDeliveries();
        api.MapLanes();
        endpoints.MapOpenApi(Path + "/openapi.json");
    }

    /// <summary>A browser sends a cookie, and reaches this machine, no matter who made the page: then the form's token must come too. A key it never sends on its own.</summary>
    private static async ValueTask<object?> RefuseForgeryAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers.CacheControl = "no-store";
        return http.User.Identity?.AuthenticationType == Schemes.ApiKey || await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http)
            ? await next(context)
            : TypedResults.Problem(
                "Without an API key a request that changes something needs the token of a page, in the header RequestVerificationToken. Programs send 'Authorization: Bearer KEY'.",
                statusCode: StatusCodes.Status400BadRequest);
    }

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Etl.Loader",
            Version = "1",
            Description = "Loads, lanes and watchers. Errors are problem details (RFC 9457).",
        };
        document.Servers = null;
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A key of Loader:Http:ApiKeys." },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
    }
}
