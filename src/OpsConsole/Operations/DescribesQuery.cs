using Microsoft.AspNetCore.Builder;
using Microsoft.OpenApi;

namespace OpsConsole.Operations;

/// <summary>A parameter of a call's query that is read by <see cref="QueryReader"/>, for the description of the API.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Words">What it means, and what is allowed.</param>
internal sealed record QueryParameter(string Name, string Words);

/// <summary>Says in the description of the API which parameters a call reads by itself.</summary>
internal static class DescribesQueryExtensions
{
    /// <summary>Describes optional query parameters.</summary>
    internal static TBuilder DescribesQuery<TBuilder>(this TBuilder builder, params (string Name, string Words)[] parameters)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            foreach (var (name, words) in parameters)
                endpoint.Metadata.Add(new QueryParameter(name, words));
        });
        return builder;
    }

    internal static void Describe(OpenApiOperation operation, IEnumerable<object> metadata)
    {
        foreach (var parameter in metadata.OfType<QueryParameter>())
        {
            operation.Parameters ??= [];
            if (operation.Parameters.Any(p => p.Name == parameter.Name))
                continue;
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = parameter.Name,
                In = ParameterLocation.Query,
                Description = parameter.Words,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }
    }
}
